/** The calls about model providers, for admins: keys that can be set and not read, and a test. */
import type { Api } from "./api";
import type { ModelProviders, ProviderTest } from "./wire";

export interface ProviderChange {
  provider: string;
  /** Null forgets it; left out: it stays. */
  key?: string | null;
  url?: string | null;
}

export class Providers {
  readonly #api: Api;

  constructor(api: Api) {
    this.#api = api;
  }

  report(): Promise<ModelProviders> {
    return this.#api.request("GET", "/admin/providers?look=true");
  }

  change(providers: ProviderChange[], chain?: string[]): Promise<ModelProviders> {
    const body = { providers, ...(chain ? { chain } : {}) };
    return this.#api.request("PUT", "/admin/providers", body);
  }

  test(asked: { provider: string; key?: string; url?: string }): Promise<ProviderTest> {
    return this.#api.request("POST", "/admin/providers/test", asked);
  }
}
