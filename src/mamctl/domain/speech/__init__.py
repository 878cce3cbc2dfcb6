"""What a recording says of itself: spoken openings and endings, and the people they name. Pure."""
