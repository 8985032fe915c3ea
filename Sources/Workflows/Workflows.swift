// The room of the workflow engine; see docs/ARCHITECTURE.md.
