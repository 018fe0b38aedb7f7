"""Values of training and of serving, row by row."""
