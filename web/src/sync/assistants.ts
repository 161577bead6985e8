/** The calls about assistants: who they are and, for admins, what they are made of. */
import type { Api } from "./api";
import type { Assistant } from "./wire";

export interface AssistantForm {
  name: string;
  instructions: string;
  /** The chain in order; empty: the server's. */
  providers: string[];
  trigger: Assistant["trigger"];
  context: { messages: number; characters: number; summary: boolean };
  settings: { temperature?: number; top_p?: number; max_tokens?: number; images?: boolean };
  avatar_url: string | null;
}

export class Assistants {
  readonly #api: Api;

  constructor(api: Api) {
    this.#api = api;
  }

  list(): Promise<Assistant[]> {
    return this.#api.all<Assistant>("/assistants", {});
  }

  create(form: AssistantForm): Promise<Assistant> {
    return this.#api.request("POST", "/assistants", form);
  }

  change(id: string, form: AssistantForm): Promise<Assistant> {
    return this.#api.request("PATCH", `/assistants/${id}`, form);
  }

  remove(id: string): Promise<void> {
    return this.#api.request("DELETE", `/assistants/${id}`);
  }
}
