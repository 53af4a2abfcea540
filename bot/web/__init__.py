"""The assistant on the web: the HTTP application and the chat page. Knows channels, not recommending."""
