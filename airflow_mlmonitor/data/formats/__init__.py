"""The formats that files of rows come in."""
