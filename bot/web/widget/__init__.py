"""The widget that shops put on their pages: one script in plain JavaScript, one element, `<chatalogue-chat>`."""
