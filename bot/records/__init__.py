"""The usage records: one chained row per reply, rating and administrative act; never a word anybody wrote."""
