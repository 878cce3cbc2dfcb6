"""`mamctl report`: one page that shows it all, and figures for Prometheus."""
