"""A small project: the models of users and their profiles, and an API that serves them."""
