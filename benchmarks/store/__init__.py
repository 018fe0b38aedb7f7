"""What the metrics store takes when it holds ten million metrics."""
