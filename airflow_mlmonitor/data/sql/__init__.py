"""The ways into databases."""
