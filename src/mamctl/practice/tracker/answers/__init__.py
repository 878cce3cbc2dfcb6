"""What the practice site answers, one group of endpoints a file."""
