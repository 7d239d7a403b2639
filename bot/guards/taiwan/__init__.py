"""Recognizers of Taiwanese personal data, one identifier a file; all work on normalised text (``bot.text``)."""
