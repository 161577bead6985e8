"""What the demo assistant says, in English and in Chinese. Pure.

Each is a pair: `phrases.HELP[han]`, where `han` is whether one writes Chinese.
"""

Phrase = tuple[str, str]

INTRODUCTION: Phrase = (
    "*I am the demo assistant: no model is connected.* I answer from the documents of this product"
    " and show what answers can look like; type `/help` to see how.",
    "*我是演示助手，目前没有接入任何模型。* 我只能根据本产品的文档回答，并展示各种回答的样子；"
    "输入 `/help` 查看用法。",
)
HELP: Phrase = (
    """This is what I can do without a model:

- answer questions about this product from its documents: *How do I use it from a program?*
- tell the time, and do sums: *What is (3 + 4) * 12?*
- show how answers look: *Show me a table* (or code, math, a diagram, markdown)

And every state that an answer can be in:

| command | what happens |
|---|---|
| `/slow` | an answer that takes its time: stop it, or reload in its midst |
| `/long` | a long answer |
| `/error` | the provider fails before its first word |
| `/cut` | the answer breaks off; *Continue* completes it |
| `/refuse` | the provider refuses to answer |

For real answers set a provider's key, for example `OPENAI_API_KEY` or `DASHSCOPE_API_KEY`, or run a
model server such as Ollama on this machine, and start the server again.""",
    """没有模型时，我能做这些：

- 根据文档回答有关本产品的问题：*怎么在程序中使用？*
- 报时和计算：*(3 + 4) * 12 等于多少？*
- 展示回答的样子：*来一张表格*（或代码、公式、图表、Markdown）

还可以看到回答的每一种状态：

| 命令 | 效果 |
|---|---|
| `/slow` | 慢慢回答：可以中途停止，或刷新页面 |
| `/long` | 一段很长的回答 |
| `/error` | 还没开口，服务商就出错 |
| `/cut` | 回答中途断开，点“继续”可以补完 |
| `/refuse` | 服务商拒绝回答 |

要得到真正的回答，请设置服务商的密钥，例如 `OPENAI_API_KEY` 或 `DASHSCOPE_API_KEY`；
也可以在本机运行 Ollama 之类的模型服务，然后重启服务器。""",
)
UNKNOWN: Phrase = (
    "I found nothing about this in the documents, and without a model I cannot say more: this is"
    " the demo assistant. Type `/help` to see what I can do, and how to connect a model.",
    "文档里没有找到相关内容。我是演示助手，没有接入模型，无法进一步回答。"
    "输入 `/help` 可以查看我能做什么，以及怎样接入模型。",
)
APOLOGY: Phrase = (
    "The assistant cannot answer just now: no model can be reached. Please try again in a while.",
    "助手暂时无法回答：目前连接不上任何模型。请稍后再试。",
)
FOUND: Phrase = ("This is what the documents say:", "文档里是这样写的：")
SLOWLY: Phrase = (
    "This answer takes its time, word after word, so that you can stop it, reload the page in its"
    " midst, or watch it from a second device: it goes on where it was, without a gap.",
    "这段回答故意放慢了速度。你可以中途停止，可以刷新页面，也可以换一台设备来看："
    "内容会接着往下走，一个字也不会少。",
)
PARAGRAPH: Phrase = (
    "Paragraph {n}. A long answer shows that the page keeps its place while text arrives, that"
    " nothing flickers, and that older messages stay where they were.",
    "第 {n} 段。长回答可以用来检查：文字到来时页面不会乱跳，不会闪烁，"
    "之前的消息也都还在原来的位置。",
)
BROKEN: Phrase = (
    "This answer breaks off in its midst, as when the line to a provider is cut. What has arrived"
    " stays, the message is marked, and *Continue* asks for the rest. This is the rest.",
    "这段回答会在中途断开，就像和服务商的连接突然中断。已经收到的文字会保留，消息上会有标记，"
    "点“继续”就能补完。现在看到的就是补上的部分。",
)
GREETING: Phrase = (
    "Hello! Ask me something about this product, or type `/help`.",
    "你好！可以问我有关本产品的问题，也可以输入 `/help`。",
)
NOW: Phrase = ("It is {time} (UTC).", "现在是 {time}（UTC）。")
SUM: Phrase = ("`{sum}` = **{result}**", "`{sum}` = **{result}**")
