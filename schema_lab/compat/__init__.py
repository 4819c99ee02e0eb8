"""What the libraries do not offer publicly: one file for each library, and none of it elsewhere."""
