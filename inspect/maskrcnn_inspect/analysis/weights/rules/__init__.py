"""The rules: each one object in one file, in the folder of what it looks at; see ``rule.py``."""
