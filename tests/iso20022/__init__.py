"""ISO 20022 messages: written, read, judged by outside schemas, and refused."""
