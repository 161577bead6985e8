import { expect, it } from "vitest";
import { deviceName, isHandheld } from "@/features/settings/device";

it("browsers are named by what people call them", () => {
  const chrome =
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36";
  expect(deviceName(chrome)).toBe("Chrome, Windows");
  expect(deviceName(`${chrome} Edg/140.0`)).toBe("Edge, Windows");
  const phone =
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Mobile Safari/604.1";
  expect(deviceName(phone)).toBe("Safari, iPhone");
  expect(isHandheld(phone)).toBe(true);
  expect(deviceName("curl/8.14.1")).toBe("curl");
  expect(deviceName(null)).toBeNull();
});
