"""The only modules that know a vendor; each implements `sync.port.TrackerAdapter`, in the same order."""
