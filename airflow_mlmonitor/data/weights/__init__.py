"""Weights of models, read from files without running any code that these may hold."""
