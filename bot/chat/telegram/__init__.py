"""The assistant in Telegram; ``running.serve`` starts it."""
