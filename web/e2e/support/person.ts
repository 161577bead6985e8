/** One person in front of a browser of their own: what they can do on the pages, in their words. */
import { type BrowserContext, expect, type Locator, type Page } from "@playwright/test";
import { Api, PASSWORD } from "./api.ts";
import type { Line } from "./proxy.ts";
import { say, type Words } from "./words.ts";

export interface Parts {
  name: string;
  username: string;
  words: Words;
  context: BrowserContext;
  page: Page;
  line: Line;
  /** The server's own address, past the line. */
  server: () => string;
}

export class Person {
  readonly name: string;
  readonly username: string;
  readonly words: Words;
  readonly context: BrowserContext;
  /** Their line to the server. */
  readonly line: Line;
  readonly #server: () => string;
  page: Page;

  constructor(parts: Parts) {
    this.name = parts.name;
    this.username = parts.username;
    this.words = parts.words;
    this.context = parts.context;
    this.line = parts.line;
    this.#server = parts.server;
    this.page = parts.page;
  }

  /** The same person as a program sees them: past their browser and their line. */
  api(): Promise<Api> {
    return Api.login(this.#server, this.username);
  }

  // The account ------------------------------------------------------------------------------

  async register(): Promise<void> {
    await this.page.goto(`${this.line.url}/register`);
    const { username, displayName, password, register } = this.words.auth;
    await this.page.getByLabel(username, { exact: true }).fill(this.username);
    await this.page.getByLabel(displayName).fill(this.name);
    await this.page.getByLabel(password).fill(PASSWORD);
    await this.button(register).click();
    await this.ownButton.waitFor();
  }

  async signIn(): Promise<void> {
    await this.page.goto(`${this.line.url}/login`);
    const { usernameOrEmail, password, login } = this.words.auth;
    await this.page.getByLabel(usernameOrEmail).fill(this.username);
    await this.page.getByLabel(password).fill(PASSWORD);
    await this.button(login).click();
    await this.ownButton.waitFor();
  }

  /** Another tab of the same browser. */
  async openTab(): Promise<Person> {
    const page = await this.context.newPage();
    const { name, username, words, context, line } = this;
    const tab = new Person({ name, username, words, context, line, page, server: this.#server });
    await page.goto(this.line.url);
    return tab;
  }

  async goto(path: string): Promise<void> {
    await this.page.goto(this.line.url + path);
  }

  // Places -----------------------------------------------------------------------------------

  button(name: string): Locator {
    return this.page.getByRole("button", { name, exact: true });
  }

  /** The way to the settings; there for whoever is signed in. */
  get ownButton(): Locator {
    return this.button(`${this.words.list.settings}: ${this.name}`);
  }

  get list(): Locator {
    return this.page.getByRole("navigation", { name: this.words.list.label });
  }

  /** A conversation in the list. */
  entry(title: string): Locator {
    return this.list.getByRole("link").filter({ hasText: title });
  }

  /** What its badge tells; there only while that many messages are unread. */
  unread(title: string, count: number): Locator {
    const { unread_one, unread_other } = this.words.list;
    const words = (count === 1 && unread_one) || unread_other || "";
    return this.entry(title).getByText(say(words, { count }), { exact: true });
  }

  get log(): Locator {
    return this.page.getByRole("log", { name: this.words.messages.log });
  }

  /** The messages that hold a text, sent or on their way. */
  message(text: string): Locator {
    return this.log.getByRole("article").filter({ hasText: text });
  }

  /** Those that have not arrived yet. */
  get pending(): Locator {
    return this.log.locator("article[data-pending]");
  }

  get composer(): Locator {
    return this.page.getByRole("textbox", { name: this.words.composer.label, exact: true });
  }

  get heading(): Locator {
    return this.page.getByRole("heading", { level: 1 });
  }

  get dialog(): Locator {
    return this.page.getByRole("dialog");
  }

  /** Only shown once the line has been away for more than a moment. */
  get offlineBanner(): Locator {
    return this.page.getByText(this.words.app.reconnecting);
  }

  // Deeds ------------------------------------------------------------------------------------

  async makeRoom(name: string): Promise<string> {
    await this.button(this.words.list.new).click();
    await this.page.getByRole("menuitem", { name: this.words.list.newRoom }).click();
    await this.dialog.getByLabel(this.words.rooms.name, { exact: true }).fill(name);
    await this.dialog.getByRole("button", { name: this.words.rooms.create }).click();
    await this.heading.filter({ hasText: name }).waitFor();
    return this.conversationId;
  }

  async joinRoom(name: string): Promise<void> {
    await this.button(this.words.list.discover).click();
    await this.page.getByLabel(this.words.rooms.search).fill(name);
    await this.button(`${this.words.rooms.join}: ${name}`).click();
    await this.composer.waitFor();
  }

  async startDirect(other: Person): Promise<void> {
    await this.button(this.words.list.new).click();
    await this.page.getByRole("menuitem", { name: this.words.list.newDirect }).click();
    await this.pick(other);
    await this.composer.waitFor();
  }

  /** Finds somebody in the dialog that is open; their name may not be the only one of its kind. */
  async pick(other: Person): Promise<void> {
    await this.dialog.getByLabel(this.words.people.search).fill(other.username);
    await this.dialog.getByRole("button", { name: `@${other.username}` }).click();
  }

  async openRoom(title: string): Promise<void> {
    await this.entry(title).click();
    await this.composer.waitFor();
  }

  async write(text: string): Promise<void> {
    await this.composer.fill(text);
    await this.composer.press("Enter");
  }

  /** Chooses from the menu of a message. */
  async choose(text: string, entry: string): Promise<void> {
    const message = this.message(text).first();
    const tools = await this.tools(message, message.getByText(text));
    await tools.getByRole("button", { name: this.words.messages.more }).click();
    await this.page.getByRole("menuitem", { name: entry, exact: true }).click();
  }

  /** What is above a message while one points at it; a list that still moves hears no pointer. */
  async tools(message: Locator, at: Locator = message): Promise<Locator> {
    const tools = message.getByRole("toolbar");
    await expect(async () => {
      await this.page.mouse.move(0, 0);
      await at.hover();
      await tools.waitFor({ timeout: 1000 });
    }).toPass();
    return tools;
  }

  /** A reaction below a message, by how many. */
  reaction(text: string, emoji: string, count: number): Locator {
    const { reactionCount_one, reactionCount_other } = this.words.messages;
    const words = (count === 1 && reactionCount_one) || reactionCount_other;
    return this.message(text).getByRole("button", { name: say(words, { emoji, count }) });
  }

  /** A line that the server writes into the room. */
  systemLine(text: string): Locator {
    return this.log.getByText(text, { exact: true });
  }

  async signOut(): Promise<void> {
    await this.ownButton.click();
    await this.button(this.words.settings.signOut).click();
    await this.page.waitForURL("**/login");
  }

  /** Of the room that is open, from the address. */
  get conversationId(): string {
    const id = /\/c\/([^/]+)/.exec(new URL(this.page.url()).pathname)?.[1];
    if (!id) throw new Error(`No conversation is open at ${this.page.url()}.`);
    return id;
  }
}
