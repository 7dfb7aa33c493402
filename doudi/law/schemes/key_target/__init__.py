"""城乡精准扶贫重点帮扶对象 (Jiangmen, 2016): chosen by rule from the dibao list, not nominated from below."""
