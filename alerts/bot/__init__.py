"""The Telegram bot: who may ask, what they ask, what they are answered."""
