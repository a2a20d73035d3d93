"""What the settings of an environment and a protocol are called, in both languages, and their units."""

from __future__ import annotations

from scorecards.local_text import LocalText

KEYS: dict[str, LocalText] = {
    "processor": LocalText(ja="プロセッサ", en="Processor"),
    "cores": LocalText(ja="物理コア数", en="Physical cores"),
    "logical_cores": LocalText(ja="論理コア数", en="Logical cores"),
    "usable_cores": LocalText(ja="使えるコア数", en="Usable cores"),
    "cpu_governor": LocalText(ja="CPU の周波数制御", en="CPU frequency governor"),
    "threads": LocalText(ja="スレッド数 / 試行", en="Threads a trial"),
    "load_average": LocalText(ja="開始時の負荷", en="Load at the start"),
    "memory_bytes": LocalText(ja="メモリ", en="Memory"),
    "system": LocalText(ja="OS", en="System"),
    "python": LocalText(ja="Python", en="Python"),
    "packages": LocalText(ja="ライブラリ", en="Package"),
    "commit": LocalText(ja="プログラムの版 (コミット)", en="Program version (commit)"),
    "device": LocalText(ja="計算装置", en="Device"),
    "energy": LocalText(ja="消費エネルギー", en="Energy"),
    "source": LocalText(ja="求め方", en="how it is known"),
    "watts_per_core": LocalText(ja="1 コアの電力", en="power of a core"),
    "budget": LocalText(ja="測定の規模", en="Budget"),
    "variants": LocalText(ja="方式", en="Variants"),
    "os": LocalText(ja="OS", en="System"),
    "power_source": LocalText(ja="消費エネルギーの求め方", en="How energy is known"),
    "confidence": LocalText(ja="信頼水準", en="Confidence"),
    "looks": LocalText(ja="判定の時点 (シード数)", en="Looks (seeds)"),
    "look_confidences": LocalText(ja="各時点の信頼水準", en="Confidence at each look"),
    "seeds": LocalText(ja="シード", en="Seeds"),
    "seeds_used": LocalText(ja="使ったシード数", en="Seeds used"),
    "tuning_trials": LocalText(ja="設定の探索の試行数", en="Tuning trials"),
    "limits": LocalText(ja="試行の上限", en="Limits of a trial"),
    "tuning_limits": LocalText(ja="設定の探索の試行の上限", en="Limits of a tuning trial"),
    "max_seconds": LocalText(ja="学習時間", en="training time"),
    "max_epochs": LocalText(ja="エポック数", en="epochs"),
    "patience_epochs": LocalText(ja="改善を待つエポック数", en="epochs without gain"),
    "finetune_max_seconds": LocalText(ja="現場調整の時間", en="fine-tuning time"),
    "finetune_max_steps": LocalText(ja="現場調整のステップ数", en="fine-tuning steps"),
    "split": LocalText(ja="データの分割", en="Split"),
    "by": LocalText(ja="方法", en="method"),
    "column": LocalText(ja="列", en="column"),
    "seed": LocalText(ja="乱数の種", en="random seed"),
    "target": LocalText(ja="目標スコア (学習)", en="Target score (training)"),
    "finetune_target": LocalText(ja="目標スコア (現場調整)", en="Target score (fine-tuning)"),
    "target_score": LocalText(ja="目標スコア (学習)", en="Target score (training)"),
    "finetune_target_score": LocalText(ja="目標スコア (現場調整)", en="Target score (fine-tuning)"),
    "order": LocalText(ja="試行の順序", en="Order of trials"),
    "timed_trials_run_alone": LocalText(ja="時間を測る試行は単独で実行", en="Timed trials ran alone"),
    "settings": LocalText(ja="調整で選んだ設定", en="Settings chosen by tuning"),
    "learning_rate": LocalText(ja="学習率", en="learning rate"),
    "weight_decay": LocalText(ja="重み減衰", en="weight decay"),
    "dropout": LocalText(ja="ドロップアウト", en="dropout"),
    "max_leaf_nodes": LocalText(ja="葉の最大数", en="most leaves"),
    "min_samples_leaf": LocalText(ja="葉の最小行数", en="least rows of a leaf"),
    "l2_regularization": LocalText(ja="L2 正則化", en="L2 regularisation"),
}
SHARES = frozenset({"confidence", "look_confidences"})
UNITS: dict[str, str] = {
    "memory_bytes": "B",
    "watts_per_core": "W",
    "max_seconds": "s",
    "finetune_max_seconds": "s",
    "finetune_max_steps": "steps",
    "max_epochs": "epochs",
    "patience_epochs": "epochs",
    "tuning_trials": "trials",
}
VALUES: dict[str, LocalText] = {
    "steps": LocalText(ja="ステップ", en="steps"),
    "epochs": LocalText(ja="エポック", en="epochs"),
    "trials": LocalText(ja="回", en="trials"),
    "quick": LocalText(ja="短時間", en="quick"),
    "standard": LocalText(ja="標準", en="standard"),
    "thorough": LocalText(ja="入念", en="thorough"),
    "cpu": LocalText(ja="CPU", en="CPU"),
}
SPLITS: dict[str, LocalText] = {
    "random": LocalText(ja="無作為", en="at random"),
    "group": LocalText(ja="列の値ごと", en="by the values of a column"),
    "time": LocalText(ja="時間の順", en="in the order of time"),
}
TRUTH: dict[bool, LocalText] = {True: LocalText(ja="はい", en="yes"), False: LocalText(ja="いいえ", en="no")}
