"""What the audit's verbs are called, and which of them whoever supervises looks at first."""

VERBS = {
    "viewed": "查看档案", "revealed": "查看遮盖项", "searched": "查找", "found": "查到", "listed": "列入清单",
    "compared": "查重", "found_outside": "查到辖区外的人", "looked_outside": "在全县查找",
    "looked_too_often": "查人过多，已停止", "opened_emergency_access": "打开紧急查看",
    "closed_emergency_access": "结束紧急查看", "handed_out": "打印或下载测算依据",
    "registered": "建档", "change_proposed": "申请变更", "change_applied": "审批并更新档案",
    "change_rejected": "退回变更", "change_withdrawn": "撤回变更", "lead_closed": "办结线索",
    "leads_opened": "转出线索", "stored_file": "存入附件",
    "import_received": "上传名册", "import_staged": "读取名册", "import_confirmed": "确认名册入册",
    "import_undone": "撤销名册", "import_returned": "下载名册原表", "import_set_aside": "名册未能入册",
    "import_discarded": "放弃名册", "previewed": "预览名册", "loaded": "批量入册",
    "denied": "被拒绝", "signed_in": "登录", "signed_out": "退出", "sign_in_refused": "登录失败",
    "changed_duty": "换岗", "changed_password": "修改口令", "confirmed_again": "用动态口令确认",
    "appointed": "任命账号", "granted_role": "授予岗位", "ended_role": "结束岗位", "suspended": "停用账号",
    "reinstated": "恢复账号", "unlocked": "解锁账号", "reset_sign_in": "重置登录", "read_audit": "查询留痕",
    "restored": "数据库从备份恢复",
}  # fmt: skip
FIRST = {
    "在辖区外查找": ("looked_outside", "found_outside"),
    "查人过多被停止": ("looked_too_often",),
    "紧急查看": ("opened_emergency_access",),
    "查看遮盖项": ("revealed",),
    "打印和下载": ("handed_out", "import_returned"),
    "被拒绝": ("denied",),
    "登录失败": ("sign_in_refused",),
    "账号和岗位": (
        "appointed",
        "granted_role",
        "ended_role",
        "suspended",
        "reinstated",
        "unlocked",
        "reset_sign_in",
    ),
}
