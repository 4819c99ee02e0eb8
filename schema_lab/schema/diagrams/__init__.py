"""The live tables and the models as diagrams."""
