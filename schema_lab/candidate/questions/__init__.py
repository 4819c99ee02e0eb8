"""What only a person can decide: one file for each kind of question."""
