"""Messages in other languages than English: which language, what of it can be read, and the words of replies in it."""
