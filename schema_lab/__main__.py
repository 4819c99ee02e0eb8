"""`python -m schema_lab`: the program `schema-lab`, also where it is not on the PATH."""

from schema_lab.cli import main

if __name__ == "__main__":
    main()
