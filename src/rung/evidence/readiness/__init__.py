"""Are the data fit to decide on? What `rung data check` looks at."""
