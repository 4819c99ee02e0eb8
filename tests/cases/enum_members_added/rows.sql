INSERT INTO users VALUES (1, 'free'), (2, 'pro');
