"""Documents and labelled sentences written for this project."""
