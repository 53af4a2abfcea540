"""The widget that shops put on their pages: one script, a custom element `<chatalogue-chat>`, written in plain JavaScript."""
