"""The live tables as DataFrames."""
