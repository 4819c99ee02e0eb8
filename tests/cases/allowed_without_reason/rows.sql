INSERT INTO users (id, plan) VALUES (1, 'free'), (2, 'professional'), (3, NULL);
