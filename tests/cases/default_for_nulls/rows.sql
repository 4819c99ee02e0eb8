INSERT INTO users (id, plan) VALUES (1, 'free'), (2, NULL), (3, NULL);
