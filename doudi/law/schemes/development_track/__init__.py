"""扶贫开发对象 (Jiangmen pilot): the dibao households that can work are registered poor; the others stay on the safety net."""
