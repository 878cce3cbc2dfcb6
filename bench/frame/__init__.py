"""What every benchmark shares: the form of its results, how it measures, the targets, and the page they become."""
