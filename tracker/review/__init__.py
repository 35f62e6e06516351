"""Review documents: from the text that people write to a `Review`, and what to say about it.

Markdown goes in, records and problems come out. Nothing here knows a tracker, the store, the clock or a terminal.
The way through the room: `documents` (files) -> `markdown` (the whole text) -> `frontmatter`, `blocks` (shape) ->
`header`, `timeline`, `tables`, `lists` (meaning, with the `words`, `values` and `claims` they share), `unread` (what
was left over) -> `lint` (quality).
"""
