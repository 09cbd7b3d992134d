"""Values of the archive: frozen, typed, standard library only."""
