"""分类施保: more for the old, the young, the severely disabled and the seriously ill in a dibao family."""
