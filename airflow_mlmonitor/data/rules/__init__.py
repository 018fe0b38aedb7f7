"""What a baseline's rows always did, and how later rows keep it."""
