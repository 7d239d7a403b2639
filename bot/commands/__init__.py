"""One file a group of commands: ``add`` tells the parser, the rest calls the application and prints."""
