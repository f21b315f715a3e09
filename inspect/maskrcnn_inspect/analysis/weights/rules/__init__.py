"""The rules on weights: what each looks at and where it draws its line."""
