"""What tests stand on: databases and browsers within reach, and later lines that can be cut."""
