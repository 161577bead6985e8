"""What the demo assistant shows when it is asked: every form that an answer can have. Pure."""

ENGLISH = {
    "code": """Here is some code, as a model would write it:

```python
def fibonacci(count: int) -> list[int]:
    \"\"\"The first numbers of the sequence.\"\"\"
    numbers = [0, 1]
    while len(numbers) < count:
        numbers.append(numbers[-1] + numbers[-2])
    return numbers[:count]
```

Inline code looks like `fibonacci(8)`.""",
    "table": """Here is a table:

| Planet | Diameter in km | Moons |
|:-------|---------------:|:-----:|
| Earth  | 12 742 | 1 |
| Mars   | 6 779 | 2 |
| Saturn | 116 460 | 274 |""",
    "math": """Inline, $e^{i\\pi} + 1 = 0$; and on a line of its own:

$$\\int_{-\\infty}^{\\infty} e^{-x^2}\\,dx = \\sqrt{\\pi}$$""",
    "diagram": """A diagram, written as Mermaid:

```mermaid
sequenceDiagram
    participant P as Person
    participant S as Server
    participant M as Model
    P->>S: question
    S->>M: prompt
    M-->>S: answer, word by word
    S-->>P: the same, on every device
```""",
    "markdown": """# A heading

Text can be **bold**, *italic*, ~~struck out~~ or a [link](https://example.com).

1. First, an ordered list,
2. then one inside of it:
   - with a point,
   - and another one.

- [x] a task that is done
- [ ] and one that is not

> And a quotation, to end with.""",
}
CHINESE = {
    "code": """这是一段代码，模型写出来就是这个样子：

```python
def fibonacci(count: int) -> list[int]:
    \"\"\"斐波那契数列的前几项。\"\"\"
    numbers = [0, 1]
    while len(numbers) < count:
        numbers.append(numbers[-1] + numbers[-2])
    return numbers[:count]
```

行内代码是这样：`fibonacci(8)`。""",
    "table": """这是一张表格：

| 行星 | 直径（公里） | 卫星数 |
|:-----|------------:|:------:|
| 地球 | 12 742 | 1 |
| 火星 | 6 779 | 2 |
| 土星 | 116 460 | 274 |""",
    "math": """行内公式 $e^{i\\pi} + 1 = 0$，也可以单独成行：

$$\\int_{-\\infty}^{\\infty} e^{-x^2}\\,dx = \\sqrt{\\pi}$$""",
    "diagram": """用 Mermaid 写的图：

```mermaid
sequenceDiagram
    participant P as 用户
    participant S as 服务器
    participant M as 模型
    P->>S: 提问
    S->>M: 提示词
    M-->>S: 逐字回答
    S-->>P: 同步到每台设备
```""",
    "markdown": """# 标题

文字可以**加粗**、*倾斜*、~~划掉~~，也可以是[链接](https://example.com)。

1. 先来一个有序列表，
2. 里面再套一个：
   - 这一条，
   - 还有这一条。

- [x] 已完成的任务
- [ ] 没完成的任务

> 最后是一段引用。""",
}
# Words by which each form is asked for, with one of the verbs, or alone.
NOUNS = {
    "code": ("code", "python", "代码", "程序"),
    "table": ("table", "表格"),
    "math": ("math", "maths", "formula", "latex", "equation", "公式", "数学"),
    "diagram": ("diagram", "mermaid", "chart", "图表", "流程图", "时序图"),
    "markdown": ("markdown", "list", "formatting", "格式", "列表"),
}
VERBS = ("show", "draw", "make", "give", "write", "example", "see", "demo")
CHINESE_VERBS = ("展示", "画", "写", "示例", "例子", "看看", "来一", "给我", "演示")
