"""What a command does from end to end: reads documents, opens the store, drives `sync`. No printing."""
