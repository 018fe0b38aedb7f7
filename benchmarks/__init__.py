"""Measurements of this project beside its peers; none of it is part of the distribution."""
