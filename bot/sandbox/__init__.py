"""A Bot API server of our own, for tests and for trying the bot out without a token.

It speaks HTTP as Telegram does and is stricter. The bot never imports it; only the command
``zhiyin telegram --sandbox`` and the tests do. ``README.md`` lists the methods and fields, and a test compares the
list with the code.
"""
