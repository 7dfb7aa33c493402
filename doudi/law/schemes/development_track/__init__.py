"""扶贫开发对象 (Jiangmen pilot): dibao households that can work; the others stay on the safety net."""
