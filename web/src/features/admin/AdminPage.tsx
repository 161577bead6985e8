import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Parts } from "@/hooks/Parts";
import type { Me } from "@/sync/wire";
import { Page } from "@/ui/Page";
import { Assistants } from "./Assistants";
import { Invites } from "./Invites";
import { People } from "./People";
import { Providers } from "./Providers";
import { Spending } from "./Spending";

interface AdminPageProps {
  me: Me;
  part: string | undefined;
  back: ReactNode;
}

function Part({ part, me }: { part: string | undefined; me: Me }) {
  switch (part) {
    case "invites":
      return <Invites />;
    case "assistants":
      return <Assistants />;
    case "providers":
      return <Providers />;
    case "usage":
      return <Spending />;
    default:
      return <People me={me} />;
  }
}

/** What owners and admins of the workspace see to. */
export function AdminPage({ me, part, back }: AdminPageProps) {
  const { t } = useTranslation();
  return (
    <Page
      title={t("admin.title")}
      tab={`${t("admin.title")} · ${t("app.name")}`}
      back={back}
      parts={
        <Parts
          label={t("admin.title")}
          parts={[
            { href: "/admin", label: t("admin.people") },
            { href: "/admin/invites", label: t("admin.invites") },
            { href: "/admin/assistants", label: t("assistants.admin.title") },
            { href: "/admin/providers", label: t("providers.title") },
            { href: "/admin/usage", label: t("usage.title") },
          ]}
        />
      }
    >
      <Part part={part} me={me} />
    </Page>
  );
}
